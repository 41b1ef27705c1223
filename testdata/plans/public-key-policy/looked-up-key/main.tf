provider "aws" {
  region = "eu-west-1"
}

removed {
  from = aws_kms_key.app
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_kms_alias.app
  lifecycle {
    destroy = false
  }
}

data "aws_kms_key" "app" {
  key_id = "alias/app"
}

resource "aws_kms_key_policy" "app" {
  key_id = data.aws_kms_key.app.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = "*"
        Action    = "kms:*"
        Resource  = "*"
      },
    ]
  })
}
