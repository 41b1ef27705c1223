provider "aws" {
  region = "eu-west-1"
}

variable "key_arn" {
  type = string
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = var.key_arn
}
