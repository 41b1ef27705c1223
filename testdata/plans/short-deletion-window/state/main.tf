provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "short" {
  deletion_window_in_days = 7
}

resource "aws_kms_key" "left_out" {
  description = "Application data"
}
