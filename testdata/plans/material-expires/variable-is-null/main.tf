provider "aws" {
  region = "eu-west-1"
}

variable "end" {
  type    = string
  default = null
}

resource "aws_kms_external_key" "app" {
  valid_to = var.end
}
