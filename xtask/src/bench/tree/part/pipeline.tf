resource "aws_ecr_repository" "NAME" {
  name                 = "TEAM/NAME"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "NAME" {
  repository = aws_ecr_repository.NAME.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the last 30 images"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 30 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_iam_openid_connect_provider" "NAME" {
  count = var.environment == "dev" ? 1 : 0

  url             = "https://ci.example.com/NAME"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = [sha1("NAME")]
}

resource "aws_iam_role" "NAME_deploy" {
  name                 = "${local.prefix}-NAME-deploy"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::${local.account_id}:oidc-provider/ci.example.com" }
      Condition = {
        StringLike = { "ci.example.com:sub" = "repo:acme/TEAM-NAME:*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "NAME_deploy" {
  name = "deploy"
  role = aws_iam_role.NAME_deploy.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart"]
        Resource = aws_ecr_repository.NAME.arn
      },
      {
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
    ]
  })
}

resource "aws_ssm_parameter" "NAME" {
  for_each = { image = "latest", region = var.region, stage = var.environment }

  name  = "/TEAM/NAME/${each.key}"
  type  = "String"
  value = each.value
}
