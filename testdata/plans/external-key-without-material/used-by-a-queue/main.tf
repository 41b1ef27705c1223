provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "queues" {
  description = "Queues"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_external_key.queues.arn
}

resource "aws_kms_external_key" "mails" {
  description = "Mails"
}

resource "aws_kms_alias" "mails" {
  name          = "alias/mails"
  target_key_id = aws_kms_external_key.mails.id
}

resource "aws_sns_topic" "mails" {
  name              = "mails"
  kms_master_key_id = aws_kms_alias.mails.name
}
