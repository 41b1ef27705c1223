provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "said" {
  enable_key_rotation = true
  multi_region        = false
}

resource "aws_kms_key" "left_out" {
  enable_key_rotation = true
}
