provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  region              = "eu-central-1"
  enable_key_rotation = true
}

resource "aws_sqs_queue" "orders" {
  region            = "eu-central-1"
  name              = "orders"
  kms_master_key_id = aws_kms_key.app.arn
}
