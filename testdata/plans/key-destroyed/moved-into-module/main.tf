provider "aws" {
  region = "eu-west-1"
}

moved {
  from = aws_kms_key.app
  to   = module.keys["app"].aws_kms_key.this
}

module "keys" {
  source   = "./keys"
  for_each = toset(["app"])
}
