provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true
}

resource "terraform_data" "handover" {
  input = "the ARN comes from another stack"
}

resource "aws_kms_replica_key" "other" {
  provider        = aws.frankfurt
  primary_key_arn = terraform_data.handover.output
}

resource "aws_sqs_queue" "orders" {
  provider          = aws.frankfurt
  name              = "orders"
  kms_master_key_id = aws_kms_key.app.key_id
}
