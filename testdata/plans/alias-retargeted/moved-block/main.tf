provider "aws" {
  region = "eu-west-1"
}

moved {
  from = aws_kms_alias.app
  to   = aws_kms_alias.orders
}

moved {
  from = aws_kms_alias.logs
  to   = aws_kms_alias.audit
}

moved {
  from = aws_kms_key.blue
  to   = aws_kms_key.orange
}

resource "aws_kms_key" "orange" {
  enable_key_rotation = true
}

resource "aws_kms_key" "green" {
  enable_key_rotation = true
}

resource "aws_kms_alias" "orders" {
  name          = "alias/app"
  target_key_id = aws_kms_key.green.key_id
}

resource "aws_kms_alias" "audit" {
  name          = "alias/logs"
  target_key_id = aws_kms_key.orange.key_id
}
