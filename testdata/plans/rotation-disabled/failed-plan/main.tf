provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description = "Application data"
}

data "aws_kms_alias" "missing" {
  name = "alias/there-is-none"
}
