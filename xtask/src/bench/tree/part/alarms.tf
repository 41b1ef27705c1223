locals {
  NAME_alarms = {
    cpu = {
      metric    = "CPUUtilization"
      threshold = 80
      periods   = 3
    }
    memory = {
      metric    = "MemoryUtilization"
      threshold = 85
      periods   = 2
    }
    errors = {
      metric    = "HTTPCode_Target_5XX_Count"
      threshold = 10
      periods   = 1
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "NAME" {
  for_each = local.NAME_alarms

  alarm_name          = "${local.prefix}-NAME-${each.key}"
  alarm_description   = "NAME: ${each.value.metric} is over ${each.value.threshold}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = each.value.periods
  metric_name         = each.value.metric
  namespace           = "AWS/ECS"
  period              = 60
  statistic           = "Average"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.team.arn]
  ok_actions          = [aws_sns_topic.team.arn]

  dimensions = {
    ClusterName = "${local.prefix}-NAME"
    ServiceName = "NAME"
  }
}

resource "aws_cloudwatch_dashboard" "NAME" {
  dashboard_name = "${local.prefix}-NAME"

  dashboard_body = jsonencode({
    widgets = [for position, name in sort(keys(local.NAME_alarms)) : {
      type   = "metric"
      x      = 8 * position
      y      = 0
      width  = 8
      height = 6
      properties = {
        metrics = [["AWS/ECS", local.NAME_alarms[name].metric, "ServiceName", "NAME"]]
        region  = var.region
        title   = title(name)
      }
    }]
  })
}

resource "aws_cloudwatch_event_rule" "NAME" {
  name                = "${local.prefix}-NAME-nightly"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "NAME" {
  rule      = aws_cloudwatch_event_rule.NAME.name
  target_id = "notices"
  arn       = aws_sns_topic.team.arn
  input     = jsonencode({ team = local.team, what = "NAME", when = "nightly" })
}

resource "aws_cloudwatch_query_definition" "NAME" {
  name            = "TEAM/NAME/errors"
  log_group_names = ["/ecs/${local.prefix}/NAME"]
  query_string    = <<EOF
fields @timestamp, @message
| filter @message like /ERROR/
| sort @timestamp desc
| limit 50
EOF
}
