variable "lifetime" {
  default = "8760h"
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "app" {
  valid_to = timeadd(timestamp(), var.lifetime)
}
