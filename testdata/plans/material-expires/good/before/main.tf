provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "app" {
  description = "Application data"
}
