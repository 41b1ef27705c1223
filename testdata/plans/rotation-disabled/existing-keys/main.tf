provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "never" {
  description = "Never rotated"
}

resource "aws_kms_key" "always" {
  description         = "Always rotated"
  enable_key_rotation = true
}
