provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = false
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.app.key_id
}

data "aws_kms_alias" "app" {
  name = "alias/app"
}

resource "aws_sqs_queue" "orders" {
  name              = "orders"
  kms_master_key_id = data.aws_kms_alias.app.target_key_id
}
