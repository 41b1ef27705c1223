provider "aws" {
  region = "eu-west-1"
}

data "aws_kms_key" "s3" {
  key_id = "alias/aws/s3"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = data.aws_kms_key.s3.arn
}
