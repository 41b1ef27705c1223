provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "app" {
  for_each = toset(["orders", "carts"])

  description         = each.key
  enable_key_rotation = true
}

resource "aws_sqs_queue" "dublin" {
  for_each = toset(["orders", "carts"])

  name              = each.key
  kms_master_key_id = aws_kms_key.app[each.key].arn
}

resource "aws_sqs_queue" "frankfurt" {
  provider = aws.frankfurt
  count    = 2

  name              = "orders-${count.index}"
  kms_master_key_id = aws_kms_key.app["orders"].arn
}
