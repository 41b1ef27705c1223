provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "never" {
  enable_key_rotation = true
}

resource "aws_kms_key" "taken_away" {
  enable_key_rotation = true
}
