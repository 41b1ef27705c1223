provider "aws" {
  region = "eu-west-1"
}

variable "policy" {
  type    = string
  default = null
}

variable "empty" {
  type    = string
  default = ""
}

resource "aws_kms_key" "null" {
  policy = null
}

resource "aws_kms_key" "switched_off" {
  policy = var.policy
}

resource "aws_kms_key" "empty" {
  policy = var.empty
}
