provider "aws" {
  region = "eu-west-1"
}

data "aws_kms_key" "shared" {
  key_id = "alias/shared"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = data.aws_kms_key.shared.arn
}
