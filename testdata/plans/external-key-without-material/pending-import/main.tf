provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "used" {
  description = "Jobs"
}

resource "aws_kms_external_key" "spare" {
  description = "Spare"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_external_key.used.arn
}
