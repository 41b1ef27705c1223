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

resource "aws_kms_external_key" "app" {
  valid_to = terraform_data.temporary.output ? var.end : null
}
