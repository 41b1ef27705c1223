provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "stops" {
  description         = "Stops"
  enable_key_rotation = true
}

resource "aws_kms_key" "begins" {
  description = "Begins"
}
