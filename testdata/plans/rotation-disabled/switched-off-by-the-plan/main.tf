provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "stops" {
  description = "Stops"
}

resource "aws_kms_key" "begins" {
  description         = "Begins"
  enable_key_rotation = true
}
