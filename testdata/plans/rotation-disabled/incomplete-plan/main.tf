provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description = "Application data"
}

resource "aws_kms_key" "other" {
  description = "Other data"
}
