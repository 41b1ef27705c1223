provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "queues" {
  is_enabled = false
}

resource "aws_kms_alias" "queues" {
  name          = "alias/queues"
  target_key_id = aws_kms_key.queues.key_id
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_alias.queues.name
}

resource "aws_kms_key" "logs" {
  is_enabled = false
}

resource "aws_kms_alias" "logs" {
  name          = "alias/logs"
  target_key_id = aws_kms_key.logs.arn
}

resource "aws_cloudwatch_log_group" "app" {
  name       = "app"
  kms_key_id = aws_kms_alias.logs.target_key_arn
}

resource "aws_kms_key" "mails" {
  is_enabled = false
}

resource "aws_kms_alias" "mails" {
  name          = "alias/mails"
  target_key_id = aws_kms_key.mails.id
}

resource "aws_sns_topic" "mails" {
  name              = "mails"
  kms_master_key_id = "alias/mails"
}
