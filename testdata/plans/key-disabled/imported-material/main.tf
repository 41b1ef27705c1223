provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "off" {
  enabled = false
}

resource "aws_kms_external_key" "on" {
  enabled = true
}

resource "aws_kms_external_key" "left_out" {
  description = "Application data"
}
