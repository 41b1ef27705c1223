provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "end" {
  input = "2030-01-01T00:00:00Z"
}

resource "aws_acm_certificate" "app" {
  domain_name       = "example.com"
  validation_method = "DNS"
}

resource "aws_kms_external_key" "output" {
  valid_to = terraform_data.end.output
}

resource "aws_kms_external_key" "certificate" {
  valid_to = aws_acm_certificate.app.not_after
}
