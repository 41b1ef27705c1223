provider "aws" {
  region = "eu-west-1"
}

data "aws_kms_key" "app" {
  key_id = "alias/app"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = data.aws_kms_key.app.arn
}
