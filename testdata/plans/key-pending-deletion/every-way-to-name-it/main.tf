provider "aws" {
  region = "eu-west-1"
}

data "aws_kms_key" "app" {
  key_id = "alias/app"
}

data "aws_kms_alias" "app" {
  name = "alias/app"
}

resource "aws_kms_alias" "other" {
  name          = "alias/other"
  target_key_id = data.aws_kms_key.app.id
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = data.aws_kms_key.app.key_id
}

resource "aws_cloudwatch_log_group" "app" {
  name       = "app"
  kms_key_id = data.aws_kms_alias.app.target_key_arn
}

resource "aws_sns_topic" "mails" {
  name              = "mails"
  kms_master_key_id = "alias/app"
}

resource "aws_sqs_queue" "mails" {
  name              = "mails"
  kms_master_key_id = aws_kms_alias.other.name
}
