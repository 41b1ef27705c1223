provider "aws" {
  region = "eu-west-1"
}

variable "key_arn" {
  default = "arn:aws:kms:eu-west-1:123456789012:key/da711448-96c8-4a19-a4b2-d2bc815a47c5"
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = var.key_arn
}
