module "service" {
  source   = "../../modules/MODULE"
  for_each = var.services

  name        = "${local.prefix}-${each.key}"
  environment = var.environment
  vpc_id      = var.vpc_id
  subnet_ids  = var.subnet_ids

  cpu      = each.value.cpu
  memory   = each.value.memory
  replicas = each.value.replicas
  public   = each.value.public

  kms_key_arn    = aws_kms_key.main.arn
  retention_days = local.retention_days
  alarm_topics   = [aws_sns_topic.team.arn]

  settings = {
    LOG_LEVEL = var.environment == "prod" ? "info" : "debug"
    TEAM      = local.team
    ENDPOINTS = join(",", local.endpoints)
  }

  tags = merge(local.tags, { Service = each.key })

  providers = {
    aws         = aws
    aws.replica = aws.replica
  }
}

resource "aws_sns_topic" "team" {
  name         = "${local.prefix}-notices"
  display_name = "Notices of ${local.team}"
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.alarm_emails

  topic_arn = aws_sns_topic.team.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_resourcegroups_group" "team" {
  name = local.prefix

  resource_query {
    query = jsonencode({
      ResourceTypeFilters = ["AWS::AllSupported"]
      TagFilters          = [{ Key = "Team", Values = [local.team] }]
    })
  }
}
