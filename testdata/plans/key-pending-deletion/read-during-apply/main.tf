provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "name" {
  input = "alias/app"
}

data "aws_kms_key" "app" {
  key_id = terraform_data.name.output
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = data.aws_kms_key.app.arn
}
