provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = "arn:aws:kms:eu-west-1:123456789012:key/da711448-96c8-4a19-a4b2-d2bc815a47c5"
}
