provider "aws" {
  region = "eu-west-1"
}

variable "end" {
  type    = string
  default = "2030-01-01T00:00:00Z"
}

resource "terraform_data" "temporary" {
  input = true
}

resource "aws_kms_external_key" "variable" {
  valid_to = terraform_data.temporary.output ? var.end : null
}

resource "aws_kms_external_key" "literal" {
  valid_to = terraform_data.temporary.output ? "2030-01-01T00:00:00Z" : null
}
