provider "aws" {
  region = "eu-west-1"
}

variable "days" {
  type    = number
  default = null
}

resource "aws_kms_key" "left_out" {
  enable_key_rotation = true
}

resource "aws_kms_key" "null" {
  enable_key_rotation     = true
  rotation_period_in_days = var.days
}
