provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "end" {
  input = "2030-01-01T00:00:00Z"
}

resource "aws_kms_external_key" "app" {
  valid_to = terraform_data.end.output
}
