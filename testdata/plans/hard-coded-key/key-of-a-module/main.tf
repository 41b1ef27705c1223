provider "aws" {
  region = "eu-west-1"
}

module "keys" {
  source = "./keys"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = module.keys.arn
}
