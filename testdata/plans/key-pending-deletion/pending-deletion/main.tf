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

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = data.aws_kms_key.app.arn
}

resource "aws_sns_topic" "mails" {
  name              = "mails"
  kms_master_key_id = data.aws_kms_key.app.key_id
}
