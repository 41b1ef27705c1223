provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
}

data "aws_kms_key" "app" {
  key_id = "da711448-96c8-4a19-a4b2-d2bc815a47c5"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = data.aws_kms_key.app.arn
}
