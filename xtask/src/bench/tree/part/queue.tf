resource "aws_sqs_queue" "NAME" {
  name                       = "${local.prefix}-NAME"
  visibility_timeout_seconds = 180
  message_retention_seconds  = 4 * 24 * 60 * 60
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.NAME_dead.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "NAME_dead" {
  name                      = "${local.prefix}-NAME-dead"
  message_retention_seconds = 14 * 24 * 60 * 60
  sqs_managed_sse_enabled   = true
}

data "aws_iam_policy_document" "NAME_queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.NAME.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.team.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "NAME" {
  queue_url = aws_sqs_queue.NAME.url
  policy    = data.aws_iam_policy_document.NAME_queue.json
}

resource "aws_sns_topic_subscription" "NAME" {
  topic_arn            = aws_sns_topic.team.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.NAME.arn
  raw_message_delivery = true
  filter_policy        = jsonencode({ kind = ["NAME", { prefix = "NAME." }] })
}

resource "aws_cloudwatch_metric_alarm" "NAME_dead" {
  alarm_name          = "${local.prefix}-NAME-dead-letters"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "ApproximateNumberOfMessagesVisible"
  namespace           = "AWS/SQS"
  period              = 300
  statistic           = "Maximum"
  threshold           = 0
  alarm_actions       = [aws_sns_topic.team.arn]
  dimensions          = { QueueName = aws_sqs_queue.NAME_dead.name }
}
