provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "app" {
  valid_to = "2030-01-01T00:00:00Z"
}
