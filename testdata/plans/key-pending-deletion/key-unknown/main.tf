provider "aws" {
  region = "eu-west-1"
}

data "aws_kms_key" "app" {
  key_id = "alias/app"
}

resource "aws_kms_key" "mails" {
  enable_key_rotation = true
}

resource "terraform_data" "key" {
  input = data.aws_kms_key.app.arn
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = terraform_data.key.output
}

resource "aws_sns_topic" "mails" {
  name              = "mails"
  kms_master_key_id = aws_kms_key.mails.arn
}
