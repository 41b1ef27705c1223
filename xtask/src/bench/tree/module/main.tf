# MODULE: a service with its queue, logs and alarms.
locals {
  tags     = merge(var.tags, { Module = "MODULE" })
  settings = merge({ NAME = var.name }, var.settings)
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/services/${var.name}"
  retention_in_days = var.retention_days
  kms_key_id        = var.kms_key_arn
  tags              = local.tags
}

resource "aws_sqs_queue" "this" {
  name                    = var.name
  sqs_managed_sse_enabled = true
  tags                    = local.tags
}

resource "aws_security_group" "this" {
  name   = var.name
  vpc_id = var.vpc_id

  dynamic "ingress" {
    for_each = var.public ? [443] : []

    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}

resource "aws_ecs_task_definition" "this" {
  family             = var.name
  cpu                = var.cpu
  memory             = var.memory
  execution_role_arn = aws_iam_role.this.arn

  container_definitions = jsonencode([{
    name        = var.name
    image       = "acme/${var.name}:${var.environment}"
    environment = [for name, value in local.settings : { name = name, value = value }]
  }])
}

resource "aws_ssm_parameter" "setting" {
  for_each = local.settings

  name  = "/${var.name}/${lower(each.key)}"
  type  = "String"
  value = each.value
}

resource "aws_cloudwatch_metric_alarm" "age" {
  count = length(var.alarm_topics) > 0 ? 1 : 0

  alarm_name          = "${var.name}-age"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  metric_name         = "ApproximateAgeOfOldestMessage"
  namespace           = "AWS/SQS"
  period              = 300
  statistic           = "Maximum"
  threshold           = 900
  alarm_actions       = var.alarm_topics
}
