provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
}

module "queue" {
  source  = "./queue"
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/da711448-96c8-4a19-a4b2-d2bc815a47c5"
}
