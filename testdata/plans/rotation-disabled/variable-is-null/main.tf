provider "aws" {
  region = "eu-west-1"
}

variable "rotation" {
  type    = bool
  default = null
}

resource "aws_kms_key" "app" {
  enable_key_rotation = var.rotation
}
