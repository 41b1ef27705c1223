provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "switch" {
  input = true
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  is_enabled          = terraform_data.switch.output
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_key.app.arn
}
