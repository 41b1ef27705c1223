provider "aws" {
  region = "eu-west-1"
}

variable "policy" {
  type    = string
  default = "{\"Version\": \"2012-10-17\", \"Statement\": []}"
}

resource "terraform_data" "own" {
  input = true
}

resource "aws_kms_key" "app" {
  policy = terraform_data.own.output ? var.policy : null
}
